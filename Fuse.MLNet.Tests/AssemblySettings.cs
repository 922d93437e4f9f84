// Tests count the live tensors of the process, so they run one after another.
[assembly: DoNotParallelize]
