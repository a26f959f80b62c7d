"""Parts of networks that two pages or more use."""
