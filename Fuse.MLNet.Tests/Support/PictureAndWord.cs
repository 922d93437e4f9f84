namespace Fuse.MLNet.Tests;

/// <summary>Adds a small perceptron over a picture of 36 values to a linear function of a word of two, for three classes.</summary>
public sealed class PictureAndWord : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _hidden = nn.Linear(36, 16);
    private readonly TorchSharp.Modules.Linear _picture = nn.Linear(16, 3);
    private readonly TorchSharp.Modules.Linear _word = nn.Linear(2, 3);

    public PictureAndWord()
        : base(nameof(PictureAndWord)) => RegisterComponents();

    public override Tensor forward(Tensor picture, Tensor word) => _picture.call(_hidden.call(picture.flatten(1)).relu()) + _word.call(word);
}
