using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Fuse.MLNet;

/// <summary>Holds the callbacks of one run in the order in which they are called, those that write checkpoints last.</summary>
internal sealed class CallbackList
{
    private readonly Callback[] _callbacks;
    private readonly Callback[] _onTrainBatchStart;
    private readonly Callback[] _onBeforeBackward;
    private readonly Callback[] _onBeforeOptimizerStep;
    private readonly Callback[] _onTrainBatchEnd;

    /// <summary>Copies the callbacks; a default is left out when there is one of its type.</summary>
    /// <param name="callbacks">The callbacks of the options.</param>
    /// <param name="defaults">Those that are there by themselves.</param>
    /// <param name="reports">Whether this process writes files and to the console, which of several only the first does.</param>
    public CallbackList(IEnumerable<Callback> callbacks, IEnumerable<Callback> defaults, bool reports)
    {
        Callback[] given = [.. callbacks];
        _callbacks =
        [
            .. given.Concat(defaults.Where(callback => !given.Any(other => other.GetType() == callback.GetType())))
                .Where(callback => reports || !callback.Reports).OrderBy(callback => callback is ModelCheckpoint).Select(callback => callback.Fresh()),
        ];
        _onTrainBatchStart = With(callback => ((Action<TrainingContext, BatchDict>)callback.OnTrainBatchStart).Method);
        _onBeforeBackward = With(callback => ((Action<TrainingContext, Tensor>)callback.OnBeforeBackward).Method);
        _onBeforeOptimizerStep = With(callback => ((Action<TrainingContext>)callback.OnBeforeOptimizerStep).Method);
        _onTrainBatchEnd = With(callback => ((Action<TrainingContext, BatchDict>)callback.OnTrainBatchEnd).Method);
    }

    /// <summary>Gets whether a callback has something to do at a batch's end.</summary>
    public bool HasTrainBatchEnd => _onTrainBatchEnd.Length > 0;

    /// <summary>Gets the callbacks that write checkpoints.</summary>
    public IEnumerable<ModelCheckpoint> Checkpoints => _callbacks.OfType<ModelCheckpoint>();

    /// <summary>Gets the callbacks that write a page about the run.</summary>
    public IEnumerable<TrainingReport> Reports => _callbacks.OfType<TrainingReport>();

    /// <summary>Lets every callback close what is open; one that fails at that neither keeps the others from it nor hides the error.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The error that ends the run is what the caller must see.")]
    public void OnException(TrainingContext context, Exception error)
    {
        foreach (Callback callback in _callbacks)
        {
            try
            {
                callback.OnException(context, error);
            }
            catch (Exception second)
            {
                context.Warning($"{callback.GetType().Name} failed while the run ended: {second.Message}");
            }
        }
    }

    public void Run(Action<Callback> hook)
    {
        foreach (Callback callback in _callbacks)
            hook(callback);
    }

    public void OnTrainBatchStart(TrainingContext context, BatchDict batch)
    {
        foreach (Callback callback in _onTrainBatchStart)
            callback.OnTrainBatchStart(context, batch);
    }

    public void OnTrainBatchEnd(TrainingContext context, BatchDict batch)
    {
        foreach (Callback callback in _onTrainBatchEnd)
            callback.OnTrainBatchEnd(context, batch);
    }

    public void OnBeforeBackward(TrainingContext context, Tensor loss)
    {
        foreach (Callback callback in _onBeforeBackward)
            callback.OnBeforeBackward(context, loss);
    }

    public void OnBeforeOptimizerStep(TrainingContext context)
    {
        foreach (Callback callback in _onBeforeOptimizerStep)
            callback.OnBeforeOptimizerStep(context);
    }

    /// <summary>Gets the state of each callback that has any, by a name that finds it again.</summary>
    public IEnumerable<KeyValuePair<string, CallbackState>> SaveStates() => Named().Select(pair =>
    {
        var state = new CallbackState();
        pair.Value.SaveState(state);
        return KeyValuePair.Create(pair.Key, state);
    }).Where(pair => pair.Value.Values.Count + pair.Value.Tensors.Count > 0);

    public void LoadStates(IReadOnlyDictionary<string, CallbackState> states)
    {
        foreach ((string name, Callback callback) in Named())
            if (states.TryGetValue(name, out CallbackState? state))
                callback.LoadState(state);
    }

    // Hooks of each step are called on those only that override them.
    private Callback[] With(Func<Callback, MethodInfo> hook) => [.. _callbacks.Where(callback => hook(callback).DeclaringType != typeof(Callback))];

    private IEnumerable<KeyValuePair<string, Callback>> Named() => _callbacks.GroupBy(callback => callback.GetType().Name).SelectMany(group =>
        group.Select((callback, index) => KeyValuePair.Create($"{group.Key}_{index}", callback)));
}
