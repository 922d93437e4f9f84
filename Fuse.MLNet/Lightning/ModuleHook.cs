namespace Fuse.MLNet;

/// <summary>Numbers a module's hooks, for the seeds of what they draw.</summary>
internal enum ModuleHook
{
    TrainEpochStart,
    TrainEpochEnd,
    ValidationEpochStart,
    ValidationEpochEnd,
}
