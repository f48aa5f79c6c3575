"""the append-only record: every act, later its Merkle tree, receipts, checkpoints."""
