"""The application's word on top of a connection: the echo, the health request, and the right to send them."""
