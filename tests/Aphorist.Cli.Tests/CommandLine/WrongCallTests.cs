namespace Aphorist.Cli.Tests.CommandLine;

public sealed class WrongCallTests
{
    [Theory]
    [InlineData("'trian' Did 'train'", "trian")]
    [InlineData("'--epoch' Did '--epochs'", "train", "--epoch", "3")]
    [InlineData("'--lengt' Did '--length'", "generate", "--lengt", "5", "model")]
    [InlineData("--epochs whole 'x'", "train", "--epochs", "x")]
    [InlineData("--epochs (1 or more) '0'", "train", "--epochs", "0")]
    [InlineData("--epochs needs", "train", "--epochs")]
    [InlineData("--seed '-1'", "train", "--seed", "-1")]
    [InlineData("--validation below '1'", "train", "--validation", "1")]
    [InlineData("--validation 'NaN'", "train", "--validation", "NaN")]
    [InlineData("--validation --validation-text", "train", "--validation", "0.1", "--validation-text", "held.txt")]
    [InlineData("input file", "train", "-", "--validation-text", "-")]
    [InlineData("--step windows", "evaluate", "model", "aphorisms", "--step", "2")]
    [InlineData("--step windows", "evaluate", "model", "aphorisms", "--step", "2", "--objective", "stream")]
    [InlineData("--step windows", "train", "--objective", "stream", "--step", "2")]
    [InlineData("--step windows", "train", "--step", "2")]
    [InlineData("--sequence stream", "train", "--preset", "notebook", "--sequence", "8")]
    [InlineData("--validate-every --validation", "train", "--validation", "0", "--validate-every", "100")]
    [InlineData("--gates hard-sigmoid 'tanh'", "train", "--gates", "tanh")]
    [InlineData("--lowercase true false 'maybe'", "train", "--lowercase", "maybe")]
    [InlineData("--learning-rate '0'", "train", "--learning-rate", "0")]
    [InlineData("preset 'foo' notebook", "train", "--preset", "foo")]
    [InlineData("--run --resume", "train", "--run", "a", "--resume", "b")]
    [InlineData("'MODEL'", "generate")]
    [InlineData("--temperature 'NaN'", "generate", "model", "--temperature", "NaN")]
    [InlineData("--temperature '-0.5'", "generate", "model", "--temperature", "-0.5")]
    [InlineData("--temperature 'Infinity'", "generate", "model", "--temperature", "Infinity")]
    [InlineData("--length '-1'", "generate", "model", "--length", "-1")]
    [InlineData("--mode window 'backwards'", "generate", "model", "--mode", "backwards")]
    [InlineData("'b' quotes", "generate", "a", "b")]
    [InlineData("'fish' bash", "completion", "fish")]
    [InlineData("MODEL empty", "info", "")]
    [InlineData("--output empty", "generate", "model", "--output", "")]
    [InlineData("--resume empty", "train", "--resume", "")]
    [InlineData("--from empty", "train", "--from", "")]
    [InlineData("'trian' Did 'train'", "help", "trian")]
    [InlineData("'CORPUS' missing", "evaluate", "model")]
    [InlineData("'--length' many", "generate", "--", "model", "--length")]
    [InlineData("decimal 0.5", "train", "--dropout", "0,5")]
    [InlineData("decimal 0.5", "sweep", "--over", "dropout=0,5", "--sweep", "s")]
    [InlineData("--penalty-window 1000000", "generate", "model", "--penalty-window", "2147483647")]
    [InlineData("--bias --ban", "generate", "model", "--bias", "e=1e38")]
    [InlineData("NUL", "train", "a\0b")]
    public void Call_Wrong_IsOneSentenceAndExitCode2(string parts, params string[] arguments) =>
        AphoristApp.Run(arguments).ExpectSentence(2, parts.Split(' '));

    [Fact]
    public void Call_Wrong_PointsToHelp() =>
        Assert.Contains("Try 'aphorist train --help'.", AphoristApp.Run("train", "--epochs", "x").Error, StringComparison.Ordinal);
}
