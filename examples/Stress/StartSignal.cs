namespace Fuse.MLNet.Examples.Stress;

/// <summary>Tells the parent process when training begins.</summary>
internal sealed class StartSignal : Callback
{
    /// <summary>The line that says so.</summary>
    public const string Line = "training";

    /// <inheritdoc/>
    public override void OnFitStart(TrainingContext context)
    {
        Console.WriteLine(Line);
        Console.Out.Flush();
    }
}
