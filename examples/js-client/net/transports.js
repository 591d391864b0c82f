// How a node in Node.js reaches others: it listens on TCP, and dials TCP and WebSockets.

import { tcp } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';

export const ways = {
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp(), webSockets()],
};
