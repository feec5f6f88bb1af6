namespace Aphorist.Training;

/// <summary>Training diverged, and either nothing was to be done about it or nothing helped.</summary>
public sealed class TrainingDivergedException(string message) : AphoristException(message);
