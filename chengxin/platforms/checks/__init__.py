"""The automatic checks of duties. A check looks at all platforms at once and answers a `Found` per platform; checks.yaml names them."""
