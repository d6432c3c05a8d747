"""medbooks: files a medical practice already receives go in, audited books come out."""
