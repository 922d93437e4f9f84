using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Reads what an MLContext says about a run: its seed, its GPU, and whether it was cancelled.</summary>
internal static class MLNetEnvironment
{
    internal const string RootField = "Root";
    private const string TorchScriptOption = "Fuse.MLNet.AllowTorchScript";

    /// <summary>Gets whether a context's model files may hold code.</summary>
    public static bool AllowsTorchScript(IHostEnvironment environment) =>
        Root(environment) is IHostEnvironmentInternal root && root.TryGetOption(TorchScriptOption, out bool allowed) && allowed;

    /// <summary>Sets whether a context's model files may hold code; ML.NET hands contexts' options to loaders.</summary>
    public static void AllowTorchScript(IHostEnvironment environment, bool allowed) => ((IHostEnvironmentInternal)environment).SetOption(TorchScriptOption, allowed);

    /// <summary>Gets the context's seed, or draws one when it has none.</summary>
    public static long SeedOrRandom(IHostEnvironment environment) =>
        (environment as IHostEnvironmentInternal)?.Seed ?? Random.Shared.NextInt64(0, int.MaxValue);

    /// <summary>Chooses the device that an option, the context and the machine give.</summary>
    /// <param name="environment">The context.</param>
    /// <param name="option">The option, which comes before the context's GPU.</param>
    /// <param name="name">Who uses the device: the source of a warning in <c>MLContext.Log</c> when the CPU stands in for it.</param>
    public static Device Device(IHostEnvironment environment, FuseDevice option, string name)
    {
        var inner = environment as IHostEnvironmentInternal;
        return option.Resolve(inner?.GpuDeviceId, inner?.FallbackToCpu ?? false, message =>
        {
            using ChannelLog log = OpenLog(environment, name);
            log.Warning(message);
        });
    }

    /// <summary>Makes a check that throws when the context was cancelled; a context tells only hosts that were registered with it.</summary>
    public static Action LifeCheck(IHostEnvironment environment, string name)
    {
        IHost host = environment.Register(name);
        return host.CheckAlive;
    }

    /// <summary>Gets the environment of one of ML.NET's catalogs.</summary>
    public static IHostEnvironment Of(TrainCatalogBase.CatalogInstantiatorBase catalog) => CatalogUtils.GetEnvironment(catalog);

    /// <summary>Opens a channel for a run's messages, which go to <c>MLContext.Log</c>.</summary>
    public static ChannelLog OpenLog(IHostEnvironment environment, string name) => new(environment.Start(name));

    // A file that begins with a data loader loads its model through a host of the context, which does not see the context's options.
    private static object Root(IHostEnvironment environment) =>
        environment.GetType().GetField(RootField, BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(environment) ?? environment;
}
