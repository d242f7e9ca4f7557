"""Which kinds of facts two versions answer otherwise, counted exactly and said in words."""
