"""What requests and answers look like: one frozen model each; the OpenAPI document is read from them."""
