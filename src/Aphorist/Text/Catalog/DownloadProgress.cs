namespace Aphorist;

/// <summary>How far a download has come.</summary>
/// <param name="Name">The corpus's name in the catalogue.</param>
/// <param name="BytesReceived">Bytes on disk, those of an earlier, interrupted download included.</param>
/// <param name="TotalBytes">Bytes of the whole file.</param>
public readonly record struct DownloadProgress(string Name, long BytesReceived, long TotalBytes);
