namespace Fuse.MLNet.Examples.Stress;

/// <summary>Trains until it is killed.</summary>
internal static class KillWorker
{
    /// <summary>Runs or resumes the training in a folder.</summary>
    public static void Run(string folder, int seed)
    {
        set_num_threads(1);
        KillTraining.Run(folder, seed, File.Exists(Path.Combine(folder, "last.ckpt")) ? "last" : null, new StartSignal());
    }
}
