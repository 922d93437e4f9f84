using Microsoft.ML;

// Loads a model whose network's class it does not have, and tells why that fails.
try
{
    new MLContext().Model.Load(args[0], out _);
    return 0;
}
catch (InvalidOperationException error)
{
    for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        Console.Error.WriteLine(inner.Message);
    return 3;
}
