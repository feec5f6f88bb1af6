using Aphorist.Training;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Aphorist.Studio.NewRun;

/// <summary>What was chosen on the page of a new run. It is in the address of the page, so that a reload keeps it.</summary>
public sealed class RunForm
{
    // An empty value in an address is one that is missing.
    private const string Empty = "none";

    private readonly Dictionary<string, string> changes = [];

    /// <summary>The id of the text; null before one is chosen.</summary>
    public string? Text { get; set; }

    /// <summary>The encoding of the text; null for the detected one.</summary>
    public string? Encoding { get; set; }

    /// <summary>The name of the model to start from; null for random weights.</summary>
    public string? From { get; set; }

    /// <summary>The preset.</summary>
    public Preset Preset { get; set; } = Preset.Default;

    /// <summary>The values that differ from those of the preset, by <see cref="OptionField.Id"/>.</summary>
    public IReadOnlyDictionary<string, string> Changes => changes;

    /// <summary>Reads the form from an address. Unknown names and values are left out.</summary>
    /// <param name="address">The address.</param>
    public static RunForm Parse(string address)
    {
        int start = address.IndexOf('?');
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(start < 0 ? "" : address[start..].Split('#')[0]);
        RunForm form = new() { Text = One("text"), Encoding = One("encoding"), From = One("from") };
        form.Preset = Preset.All.FirstOrDefault(preset => preset.Name == One("preset")) ?? Preset.Default;
        foreach (OptionField field in OptionFields.All)
            if (One(field.Id) is { } value) form.changes[field.Id] = value;
        return form;

        string? One(string name) => query.TryGetValue(name, out StringValues values) && values is [{ Length: > 0 and < 200 } value, ..]
            ? value
            : null;
    }

    /// <summary>The query of the address.</summary>
    public string ToQuery()
    {
        List<KeyValuePair<string, string?>> query = [];
        if (Text is not null) query.Add(new("text", Text));
        if (Encoding is not null) query.Add(new("encoding", Encoding));
        if (From is not null) query.Add(new("from", From));
        if (Preset != Preset.Default) query.Add(new("preset", Preset.Name));
        query.AddRange(OptionFields.All.Where(field => changes.ContainsKey(field.Id))
            .Select(field => new KeyValuePair<string, string?>(field.Id, changes[field.Id])));
        return QueryHelpers.AddQueryString("", query);
    }

    /// <summary>Changes an option. The value that it has anyway is no change.</summary>
    /// <param name="field">The option.</param>
    /// <param name="value">The value as text.</param>
    /// <param name="start">As for <see cref="Build"/>.</param>
    public void Change(OptionField field, string value, ModelFileInfo? start = null)
    {
        changes.Remove(field.Id);
        string before = field.Read(Build([], start).Options);
        if (value != before) changes[field.Id] = value.Length == 0 ? Empty : value;
    }

    /// <summary>Sets an option back to the value that it would have without the change.</summary>
    public void Reset(OptionField field) => changes.Remove(field.Id);

    /// <summary>Sets all options back to those of the preset.</summary>
    public void ResetAll() => changes.Clear();

    /// <summary>Creates the options.</summary>
    /// <param name="corpus">The sources of the text; empty before one is chosen.</param>
    /// <param name="start">The model with the name <see cref="From"/>; null for none.</param>
    public RunPlan Build(IReadOnlyList<string> corpus, ModelFileInfo? start = null)
    {
        TrainingRunOptions options = TrainingRunOptions.FromPreset(Preset, corpus) with
        {
            Encoding = Encoding,
            SampleStyle = SampleStyle.Notebook,
        };
        if (start is not null)
        {
            options = options with
            {
                From = start.Path,
                Model = start.Spec,
                Tokenizer = new TokenizerOptions { Kind = start.Tokenizer.Kind },
                Lowercase = start.Tokenizer.Normalization.Lowercase,
            };
        }

        Dictionary<string, Bilingual> problems = [];
        foreach (OptionField field in OptionFields.All)
        {
            if (!changes.TryGetValue(field.Id, out string? value) || !OptionFields.Apply(field, options)) continue;
            options = field.Write(options, value == Empty ? "" : value, out Bilingual? problem);
            if (problem is not null) problems[field.Id] = problem;
        }

        if (problems.Count == 0 && corpus.Count > 0 && RunProblem.Of(options) is var (id, sentence)) problems[id] = sentence;
        return new RunPlan(options, problems);
    }
}

/// <summary>The options that a form asks for.</summary>
/// <param name="Options">The options, without the values that have a problem.</param>
/// <param name="Problems">What is wrong, by the id of the option.</param>
public sealed record RunPlan(TrainingRunOptions Options, IReadOnlyDictionary<string, Bilingual> Problems);
