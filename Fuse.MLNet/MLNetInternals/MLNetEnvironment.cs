using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Fuse.MLNet;

/// <summary>Reads what an MLContext says about a run: its seed, its GPU, and whether it was cancelled.</summary>
internal static class MLNetEnvironment
{
    private const string TorchScriptOption = "Fuse.MLNet.AllowTorchScript";

    /// <summary>Gets whether a context's model files may hold code.</summary>
    public static bool AllowsTorchScript(IHostEnvironment environment) =>
        environment is IHostEnvironmentInternal inner && inner.TryGetOption(TorchScriptOption, out bool allowed) && allowed;

    /// <summary>Sets whether a context's model files may hold code; ML.NET hands contexts' options to loaders.</summary>
    public static void AllowTorchScript(IHostEnvironment environment, bool allowed) => ((IHostEnvironmentInternal)environment).SetOption(TorchScriptOption, allowed);

    /// <summary>Gets the context's seed, or draws one when it has none.</summary>
    public static long SeedOrRandom(IHostEnvironment environment) =>
        (environment as IHostEnvironmentInternal)?.Seed ?? Random.Shared.NextInt64(0, int.MaxValue);

    /// <summary>Chooses the device that an option, the context and the machine give.</summary>
    public static Device Device(IHostEnvironment environment, FuseDevice option)
    {
        var inner = environment as IHostEnvironmentInternal;
        return option.Resolve(inner?.GpuDeviceId, inner?.FallbackToCpu ?? false);
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
}
