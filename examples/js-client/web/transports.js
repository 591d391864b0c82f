// How a node in a browser reaches others: it dials WebSockets, and nobody can dial it.

import { webSockets } from '@libp2p/websockets';

export const ways = {
  addresses: { listen: [] },
  transports: [webSockets()],
  // The library's own gate for browsers denies ws:// and addresses of this machine, which are what a person's own node has.
  connectionGater: { denyDialMultiaddr: () => false },
};
