namespace Fuse.MLNet;

/// <summary>Takes part in a training run: override the hooks that are of interest; the others cost nothing.</summary>
/// <remarks>
/// Each <c>Fit</c> works on a memberwise copy, so set up mutable state in <see cref="OnFitStart"/>. What a callback needs after a resume it
/// reads from the context's History, which resuming restores. Order in an epoch: train, validate, means, callbacks, checkpoint, stop.
/// </remarks>
public abstract class Callback
{
    /// <summary>Runs before the first epoch, or after a resume before the next one.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnFitStart(TrainingContext context)
    {
    }

    /// <summary>Runs before each epoch.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnEpochStart(TrainingContext context)
    {
    }

    /// <summary>Runs after each training batch; its tensors are freed afterwards.</summary>
    /// <param name="context">The run.</param>
    /// <param name="batch">The batch, with what model and losses added.</param>
    public virtual void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
    }

    /// <summary>Runs after each epoch's training, validation and means.</summary>
    /// <param name="context">The run, whose History ends with this epoch.</param>
    public virtual void OnEpochEnd(TrainingContext context)
    {
    }

    /// <summary>Runs once at the end of a run that gives a model, however it ended, not when <c>Fit</c> throws; the module has its final weights.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnFitEnd(TrainingContext context)
    {
    }

    /// <summary>Copies the callback for one run.</summary>
    internal Callback Fresh() => (Callback)MemberwiseClone();
}
