using System.Globalization;

namespace Fuse.MLNet;

/// <summary>Tells the trainer that a training loss was not finite.</summary>
internal sealed class NonFiniteLossException(string lossName, double value)
    : InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The loss '{lossName}' was {value}"))
{
}
