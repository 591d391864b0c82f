"""Many nodes in one process, in virtual time, from one seed: `folkmoot simulate`.

Theory of operation: one loop takes acts from a heap, each at its moment; the clock jumps from one to the next, and
nothing else happens meanwhile. A node is the real ingest and gossip and the real parts of sync, over the protocol's
own rules and sessions; simulated are the links (`links`, `syncing`), the disks (`memory_store`, unless real
databases are asked for), the weather and the people. Nodes that mean harm are in `hostile`. What bytes are does not
depend on who looks, so signatures are verified once for all nodes (`openings`).

What has to hold is checked while it runs and at the end (`witness`, `course`): all honest nodes derive the same
state; nothing that was beaten comes back; a crash changes nothing on a disk; nodes are compared by what they really
hold; and nobody's last word is lost.
"""
