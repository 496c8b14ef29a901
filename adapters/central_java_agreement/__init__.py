"""Central Java Agreement for Gender Justice: two named garment factories in Indonesia."""
