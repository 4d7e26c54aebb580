"""The I/O edge: sockets, netlink and the kernel's files. What goes wrong here gets its name here, once, by type and errno."""
