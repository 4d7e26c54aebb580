"""The public documents as structs, and their bytes. Nothing here stores or assembles one."""
