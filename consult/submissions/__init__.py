"""comments, drafts of them, joint submissions, delegations, attachments, receipts; taking part."""
