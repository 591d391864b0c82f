"""What the node shows: states derived from the records held, as plain values ready for JSON.

Theory of operation: `viewpoint` loads from the store the records around a subject; the folds of `folkmoot.state`
say what they mean; each module here turns the result of one fold into a dictionary with names and text ids in it.
Nothing here writes, and nothing here decides what counts.
"""
