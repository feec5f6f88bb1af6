using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aphorist.Cli.Terminal;

/// <summary>The text to the right of a progress bar.</summary>
internal sealed class FactsColumn : ProgressColumn
{
    public string Text { get; set; } = "";

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(Text);
}
