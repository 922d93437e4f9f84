using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

// Scores rows, in ML.NET's binary form, by an ONNX file with plain ML.NET: a number of scores a row, and the key of the class.
var ml = new MLContext();
IDataView rows = ml.Data.LoadFromBinary(args[1]);
ITransformer model = ml.Transforms.ApplyOnnxModel(outputColumnNames: ["Score", "PredictedLabel"], inputColumnNames: [args[3]], modelFile: args[0]).Fit(rows);
IDataView scored = model.Transform(rows);
uint[][] keys = [.. scored.GetColumn<uint[]>("PredictedLabel")];
float[] values = [.. scored.GetColumn<float[]>("Score").Zip(keys, (scores, key) => (float[])[.. scores, key[0]]).SelectMany(row => row)];
File.WriteAllBytes(args[2], MemoryMarshal.AsBytes<float>(values));
foreach (System.Reflection.Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
    if (assembly.GetName().Name is "TorchSharp" or "Fuse.MLNet")
        return 3;
return 0;
