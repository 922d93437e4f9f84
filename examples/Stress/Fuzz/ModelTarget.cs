using Microsoft.ML;
using Microsoft.ML.Data;

namespace Fuse.MLNet.Examples.Stress;

/// <summary>Mutates model files and loads them by <c>mlContext.Model.Load</c>; what loads is scored too.</summary>
internal sealed class ModelTarget : IFuzzTarget
{
    private readonly Format _format;
    private readonly string _folder;
    private readonly IReadOnlyList<SampleFile> _files;
    private readonly MLContext _ml;
    private readonly IDataView _rows;

    /// <summary>Trains the models.</summary>
    public ModelTarget(Format format, string folder, int seed)
    {
        (_format, _folder) = (format, folder);
        SampleFile[] files = [.. Samples.All(seed)];
        _files = format == Format.Weights ? [.. files.Where(file => file.Places("model.safetensors").Length > 0)] : files;
        _ml = new MLContext(seed) { TempFilePath = folder };
        _rows = Row.View(_ml, 4, seed);
    }

    /// <inheritdoc/>
    public void Warm()
    {
        foreach (SampleFile file in _files)
            Load(new Mutant(file.Name, SampleFile.Pack(file.Entries), 0));
    }

    /// <inheritdoc/>
    public Mutant Mutate(SeededRandom random)
    {
        SampleFile file = _files[random.Below(_files.Count)];
        switch (_format)
        {
            case Format.Archive:
                return ArchiveMutator.Mutate(file, random);
            case Format.MLNet when random.Chance(0.2f):
                return new Mutant($"{file.Name}: the file's bytes", ByteMutator.Mutate(SampleFile.Pack(file.Entries), random), 0);
        }
        int[] places = _format switch
        {
            Format.Description => file.Places(".json"),
            Format.Weights => file.Places("model.safetensors"),
            _ => file.OtherPlaces(),
        };
        int place = places[random.Below(places.Length)];
        (string name, byte[] bytes) = file.Entries[place];
        byte[] changed = _format switch
        {
            Format.Description => JsonMutator.Mutate(bytes, random),
            Format.Weights => SafetensorsMutator.Mutate(bytes, random),
            _ => ByteMutator.Mutate(bytes, random),
        };
        return new Mutant($"{file.Name}: {name}", file.With(place, changed), file.Size(place, changed.Length));
    }

    /// <inheritdoc/>
    public void Load(Mutant mutant)
    {
        string path = Path.Combine(_folder, "mutant.zip");
        File.WriteAllBytes(path, mutant.Bytes);
        try
        {
            // ML.NET 5.0.1 reads on for ever where its own schema was cut off, before it comes to what is ours.
            if (_format == Format.MLNet)
                _ml.Fuse().CheckModelFile(path);
            ITransformer model = _ml.Model.Load(path, out _);
            try
            {
                Score(model);
            }
            finally
            {
                (model as IDisposable)?.Dispose();
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    // A file may describe what these rows do not fit, and that is for scoring to say; memory, time and the process count here too.
    private void Score(ITransformer model)
    {
        try
        {
            IDataView scored = model.Transform(_rows);
            foreach (string name in new[] { "Score", "Loss" })
                if (scored.Schema.GetColumnOrNull(name) is { } column && column.Type.RawType == typeof(VBuffer<float>))
                    _ = scored.GetColumn<float[]>(name).ToArray();
                else if (scored.Schema.GetColumnOrNull(name)?.Type.RawType == typeof(float))
                    _ = scored.GetColumn<float>(name).ToArray();
        }
        catch (Exception error) when (error is not (NullReferenceException or IndexOutOfRangeException or InvalidCastException or OutOfMemoryException))
        {
        }
    }
}
