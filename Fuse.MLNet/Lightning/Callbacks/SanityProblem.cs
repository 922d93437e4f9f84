namespace Fuse.MLNet;

/// <summary>Is what a check of <see cref="SanityCheck"/> found.</summary>
/// <param name="Check">The check's name.</param>
/// <param name="Text">What is wrong, and what to do.</param>
internal readonly record struct SanityProblem(string Check, string Text);
