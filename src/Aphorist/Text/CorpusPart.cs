namespace Aphorist.Text;

/// <summary>What one argument names: some files, or bytes already read.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Paths">The files; none where there are bytes.</param>
/// <param name="Bytes">The bytes.</param>
/// <param name="Empty">What is wrong when there is no text in any of it.</param>
internal sealed record CorpusPart(string Name, IReadOnlyList<string> Paths, ArraySegment<byte> Bytes, string Empty);
