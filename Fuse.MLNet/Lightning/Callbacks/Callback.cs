namespace Fuse.MLNet;

/// <summary>Takes part in a training run: override the hooks that are of interest; the others cost nothing.</summary>
/// <remarks>
/// Each <c>Fit</c> works on a memberwise copy, so set up mutable state in <see cref="OnFitStart"/>. What a callback needs after a resume it reads
/// from the context's History, which resuming restores, or keeps by <see cref="SaveState"/>. Order in an epoch: train, validate, means and
/// metrics, best epoch, callbacks, checkpoint, stop. Of several processes that train together each has its own; look at <see cref="TrainingContext.Rank"/> before you write files.
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

    /// <summary>Runs before each training batch.</summary>
    /// <param name="context">The run.</param>
    /// <param name="batch">The batch as it was read, on the device.</param>
    public virtual void OnTrainBatchStart(TrainingContext context, BatchDict batch)
    {
    }

    /// <summary>Runs before backward on a training batch's loss; throw by <see cref="TrainingContext.Diverge"/> to keep it from the weights.</summary>
    /// <param name="context">The run.</param>
    /// <param name="loss">The loss, a scalar.</param>
    public virtual void OnBeforeBackward(TrainingContext context, Tensor loss)
    {
    }

    /// <summary>Runs before each step of the optimizers, when the gradients are summed up and clipped.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnBeforeOptimizerStep(TrainingContext context)
    {
    }

    /// <summary>Runs after each training batch; its tensors are freed afterwards.</summary>
    /// <param name="context">The run.</param>
    /// <param name="batch">The batch, with what model and losses added.</param>
    public virtual void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
    }

    /// <summary>Runs before the validation of an epoch, when there are validation rows.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnValidationStart(TrainingContext context)
    {
    }

    /// <summary>Runs after each validation batch; its tensors are freed afterwards.</summary>
    /// <param name="context">The run.</param>
    /// <param name="batch">The batch, with what model and losses added.</param>
    public virtual void OnValidationBatchEnd(TrainingContext context, BatchDict batch)
    {
    }

    /// <summary>Runs after the validation of an epoch, when its values are in the History and the best weights were kept.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnValidationEnd(TrainingContext context)
    {
    }

    /// <summary>Runs in place of <see cref="OnValidationEnd"/> when validation breaks off, by a cancellation or an exception: undo what <see cref="OnValidationStart"/> did.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnValidationInterrupted(TrainingContext context)
    {
    }

    /// <summary>Runs at the end of each epoch.</summary>
    /// <param name="context">The run, whose History ends with this epoch.</param>
    public virtual void OnEpochEnd(TrainingContext context)
    {
    }

    /// <summary>Runs once at the end of a run that gives a model, however it ended, not when <c>Fit</c> throws; the module has its final weights.</summary>
    /// <param name="context">The run.</param>
    public virtual void OnFitEnd(TrainingContext context)
    {
    }

    /// <summary>Runs when <c>Fit</c> throws, in place of <see cref="OnFitEnd"/>: close what is open.</summary>
    /// <param name="context">The run.</param>
    /// <param name="error">What is thrown.</param>
    public virtual void OnException(TrainingContext context, Exception error)
    {
    }

    /// <summary>Adds what the callback must know to go on after a resume to a checkpoint.</summary>
    /// <param name="state">Takes values and tensors by name.</param>
    public virtual void SaveState(CallbackState state)
    {
    }

    /// <summary>Takes back what <see cref="SaveState"/> added, before <see cref="OnFitStart"/>; not called for a checkpoint without it.</summary>
    /// <param name="state">Holds the values, and the tensors, which are freed afterwards.</param>
    public virtual void LoadState(CallbackState state)
    {
    }

    /// <summary>Gets whether the callback is there for its files, so that runs which only try something out leave it out.</summary>
    internal virtual bool WritesFiles => false;

    /// <summary>Gets whether the callback tells about the run, by files or on the console, so that of several processes only the first has it.</summary>
    internal virtual bool Reports => WritesFiles;

    /// <summary>Copies the callback for one run.</summary>
    internal Callback Fresh() => (Callback)MemberwiseClone();
}
