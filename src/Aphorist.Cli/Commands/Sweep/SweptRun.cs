using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>One run of a sweep.</summary>
/// <param name="Name">What tells it from the others, and the name of its folder: hidden=128_dropout=0.2.</param>
/// <param name="Values">The values of the options that the sweep varies, in their order.</param>
/// <param name="Words">The words of `aphorist train` that would make it, but for the folder.</param>
/// <param name="Request">What they ask for.</param>
/// <param name="Folder">Its folder.</param>
internal sealed record SweptRun(string Name, IReadOnlyList<string> Values, IReadOnlyList<string> Words, TrainingRequest Request, string Folder);
