using System.Collections.Concurrent;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Learn;

/// <summary>The tour through a language model: a lesson per language, which all open pages share.</summary>
public sealed class Tour(Workspace workspace) : IDisposable
{
    private readonly ConcurrentDictionary<Language, Lazy<Task<Lesson>>> lessons = [];

    /// <summary>The steps, in their order, as they are called in addresses.</summary>
    public static IReadOnlyList<string> Steps { get; } = ["text", "characters", "prediction", "training", "temperature", "cells"];

    /// <summary>How often the model reads the text. 8 by default: 10 to 30 seconds.</summary>
    public int Epochs { get; set; } = 8;

    /// <summary>The lesson in a language.</summary>
    public Task<Lesson> OpenAsync(Language language) =>
        lessons.GetOrAdd(language, key => new(() => Task.Run(() => Lesson.OpenAsync(this, workspace, key)))).Value;

    /// <summary>Ends training.</summary>
    public void Dispose()
    {
        foreach (Lazy<Task<Lesson>> lesson in lessons.Values)
            if (lesson is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) lesson.Value.Result.Dispose();
    }
}
