"""Stock over HTTP: feeds in, and what is available where and when."""
