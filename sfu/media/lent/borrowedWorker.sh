#!/bin/sh
# mediasoup starts this in place of a worker that another node runs: see borrow.ts.
exec "$BORROWED_WORKER_NODE" "$(dirname "$0")/borrowedWorker.ts"
