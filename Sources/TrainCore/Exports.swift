// JSON, hex and their like stand in the core's own signatures: who sees the core sees them.
@_exported public import TrainBase
