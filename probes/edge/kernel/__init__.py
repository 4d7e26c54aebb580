"""What the kernel tells of this machine: links, routes, mounts, processes, sockets, devices."""
