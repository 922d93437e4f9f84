using Microsoft.ML;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(typeof(Fuse.MLNet.FuseTransformer), typeof(Fuse.MLNet.ArchiveLoader<Fuse.MLNet.FuseTransformer>), null,
    typeof(SignatureLoadModel), "Fuse.MLNet network", Fuse.MLNet.FuseTransformer.LoaderName)]
[assembly: LoadableClass(typeof(Fuse.MLNet.LossTransformer), typeof(Fuse.MLNet.ArchiveLoader<Fuse.MLNet.LossTransformer>), null,
    typeof(SignatureLoadModel), "Fuse.MLNet loss", Fuse.MLNet.LossTransformer.LoaderName)]

namespace Fuse.MLNet;

/// <summary>Is what ML.NET calls to load one of Fuse's transformers: it finds this class through the assembly's LoadableClass attributes.</summary>
/// <typeparam name="T">The transformer's class.</typeparam>
internal static class ArchiveLoader<T>
    where T : class, IArchived<T>
{
    public static T Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        MLNetMembers.Check();
        try
        {
            return T.Load(env, new ModelArchiveReader(ctx));
        }
        catch (Exception error) when (error is InvalidDataException or TypeLoadException or UnauthorizedAccessException)
        {
            // ML.NET calls this by reflection: a marked error comes out inside an InvalidOperationException, another one as a bare
            // TargetInvocationException.
            throw MLNetErrors.Mark(error);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw MLNetErrors.Mark(new InvalidDataException($"The model file cannot be loaded: {error.Message}", error));
        }
    }
}
