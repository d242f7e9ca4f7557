"""Look-alikes of carriers that exist: each has its native paths, shapes and codes in a package of its own."""
