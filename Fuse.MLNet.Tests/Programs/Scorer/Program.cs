using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

// Scores the rows beside each model of a folder: model.zip, model.rows in ML.NET's binary form, and model.scores, which it writes.
set_num_threads(1);
// As in the tests: by default the convolutions of a GPU round to TF32.
if (cuda.is_available())
    backends.cudnn.allow_tf32 = false;
var ml = new MLContext();
ml.Fuse().AllowTorchScript = true;
foreach (string path in Directory.GetFiles(args[0], "*.zip"))
{
    ITransformer model = ml.Model.Load(path, out _);
    IDataView scored = model.Transform(ml.Data.LoadFromBinary(Path.ChangeExtension(path, ".rows")));
    float[] scores = [.. scored.GetColumn<float[]>("Score").SelectMany(row => row)];
    File.WriteAllBytes(Path.ChangeExtension(path, ".scores"), MemoryMarshal.AsBytes<float>(scores));
    (model as IDisposable)?.Dispose();
}
