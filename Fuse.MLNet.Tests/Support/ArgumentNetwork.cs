namespace Fuse.MLNet.Tests;

/// <summary>Takes a constructor argument of every kind that a file can hold, and adds no weights for them.</summary>
public sealed class ArgumentNetwork : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.Linear _linear = nn.Linear(2, 3);

    public ArgumentNetwork(bool flag, int count, long large, float rate, double real, string text, DayOfWeek day, int[] sizes,
        List<string> names, IReadOnlyList<double> rates, int? perhaps, string? nothing = null, int left = 42)
        : base(nameof(ArgumentNetwork))
    {
        Seen = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{flag} {count} {large} {rate} {real} {text} {day} [{string.Join(' ', sizes)}] [{string.Join(' ', names)}] [{string.Join(' ', rates)}] {perhaps} {nothing ?? "null"} {left}");
        RegisterComponents();
    }

    /// <summary>Gets what the constructor was last given.</summary>
    public static string Seen { get; private set; } = "";

    public override Tensor forward(Tensor input) => _linear.call(input);
}
