using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Aphorist.Server.Protocol;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class RequestFieldsTests
{
    private const string Header = "| field | endpoints | type | default | meaning |\n| --- | --- | --- | --- | --- |\n";

    [Fact]
    public void Fields_InTheDocumentation_AreThoseOfTheServer()
    {
        string path = Documentation();
        string text = File.ReadAllText(path).ReplaceLineEndings("\n");
        int start = text.IndexOf(Header, StringComparison.Ordinal), end = text.IndexOf("\n\n", start, StringComparison.Ordinal);
        string table = Table();
        if (Environment.GetEnvironmentVariable("APHORIST_APPROVE") == "1") File.WriteAllText(path, text[..start] + table + text[end..]);
        else Assert.True(
            text[start..end] == table,
            $"The fields have changed. To write them to {path}, run this test with APHORIST_APPROVE=1, and review the change.");
    }

    [Fact]
    public void Fields_ThatSetOptions_NameProperties()
    {
        foreach (RequestField field in RequestFields.All.Where(field => field.Property is not null))
            Assert.NotNull(typeof(GenerationOptions).GetProperty(field.Property!, BindingFlags.Public | BindingFlags.Instance));
    }

    [Theory]
    [InlineData(RequestKinds.Completion)]
    [InlineData(RequestKinds.Chat)]
    internal void Fields_OfAnEndpoint_AreFound(RequestKinds kind)
    {
        RequestField[] fields = [.. RequestFields.All.Where(field => field.Kinds.HasFlag(kind))];
        Assert.All(fields, field => Assert.Same(field, RequestFields.Find(field.Name, kind)));
        Assert.Null(RequestFields.Find("unknown", kind));
    }

    private static string Table()
    {
        StringBuilder table = new(Header);
        foreach (RequestField field in RequestFields.All)
        {
            string endpoints = field.Kinds switch
            {
                RequestKinds.Completion => "completions",
                RequestKinds.Chat => "chat",
                _ => "both",
            };
            string type = field.Type.Replace("|", " or ", StringComparison.Ordinal);
            string standard = field.Default is null ? "" : $"`{field.Default}`";
            table.Append(
                System.Globalization.CultureInfo.InvariantCulture,
                $"| `{field.Name}` | {endpoints} | {type} | {standard} | {field.Description} |\n");
        }

        return table.ToString().TrimEnd('\n');
    }

    private static string Documentation([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/serve.md"));
}
