using System.Text.Json;
using PureHDF;

namespace Aphorist.Cli.Tests.Commands.Import;

public sealed class ImportTests : IDisposable
{
    private const int Vocabulary = 3, Units = 2;

    private readonly TemporaryFolder folder = new();

    public ImportTests() => KerasFile().Write(folder["model.h5"]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Import_WithACorpus_MakesAModelThatTellsItsOrigin()
    {
        folder.Write("text.txt", "Abba\nBa");

        Import("--corpus", folder["text.txt"], "--lowercase", "true").Expect(0);

        JsonElement info = AphoristApp.Run("info", folder["model.safetensors"], "--json").Expect(0).Json();
        Assert.Equal("\nab", info.GetProperty("vocabulary").GetString());
        Assert.True(info.GetProperty("lowercase").GetBoolean());
        Assert.Equal("Keras", info.GetProperty("origin").GetProperty("program").GetString());
        Assert.Equal("2.3.1", info.GetProperty("origin").GetProperty("version").GetString());
        Assert.Equal("model.h5", info.GetProperty("origin").GetProperty("file").GetString());
        Assert.Equal(JsonValueKind.Null, info.GetProperty("training").ValueKind);
        AphoristApp.Run("info", folder["model.safetensors"]).Expect(0).ExpectOutput("from model.h5 of Keras 2.3.1");
    }

    [Fact]
    public void Train_FromAnImportedModel_GoesOnWithItsOptimizer()
    {
        folder.Write("characters.txt", "abc");
        folder.Write("text.txt", string.Concat(Enumerable.Repeat("abcacb", 120)));
        string[] train =
        [
            "train", folder["text.txt"], "--from", folder["model.safetensors"], "--epochs", "1", "--samples", "false", "--run",
        ];

        Assert.Contains(
            "The RMSprop optimizer state was imported too",
            Import("--characters", folder["characters.txt"]).Expect(0).Output,
            StringComparison.Ordinal);

        Assert.Contains(
            "RMSprop state after 300 steps",
            AphoristApp.Run("info", folder["model.safetensors"]).Expect(0).Output,
            StringComparison.Ordinal);
        Assert.Contains(
            "Continuing with the RMSprop state imported from Keras, learning rate 0.02", AphoristApp.Run([.. train, folder["run"]])
                .Expect(0).Error, StringComparison.Ordinal);
        Assert.Contains("\"learningRate\": 0.02", File.ReadAllText(folder["run/options.json"]), StringComparison.Ordinal);
        Assert.Contains(
            "is not used, because this run has another optimizer", AphoristApp.Run([.. train, folder["other"], "--optimizer", "adam"])
                .Expect(0).Error, StringComparison.Ordinal);
        Assert.DoesNotContain("RMSprop state", AphoristApp.Run("info", folder["run"]).Expect(0).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\n")]
    [InlineData("\uFEFFa\r")]
    [InlineData("\uFEFFabc")]
    [InlineData("abc\n")]
    [InlineData("\uFEFFabc\r\n")]
    public void Import_Characters_AreReadExactlyOrWithoutTracesOfAnEditor(string characters)
    {
        File.WriteAllText(folder["characters.txt"], characters);

        CommandResult result = Import("--characters", folder["characters.txt"]).Expect(0);

        Assert.Contains("was not checked. Add --corpus", result.Error, StringComparison.Ordinal);
        string vocabulary = AphoristApp.Run("info", folder["model.safetensors"], "--json").Expect(0).Json()
            .GetProperty("vocabulary").GetString()!;
        string expected = characters.Contains('b', StringComparison.Ordinal) ? "abc" : string.Concat(characters.Order());
        Assert.Equal(expected, vocabulary);
    }

    [Theory]
    [InlineData("[\"<PAD>\", \"b\", \"a\"]", "<PAD>")]
    [InlineData("{\"b\": 1, \"a\": 2}", "id 0")]
    public void Import_EntriesThatAreNoCharacters_AreLeftOutWithANote(string json, string name)
    {
        folder.Write("map.json", json);

        CommandResult result = Import("--vocabulary", folder["map.json"], "--json").Expect(0);

        Assert.Contains($"Left out, because they are no characters: {name}.", result.Error, StringComparison.Ordinal);
        Assert.Equal(name, Assert.Single(result.Json().GetProperty("leftOut").EnumerateArray()).GetString());
        Assert.Equal(2, result.Json().GetProperty("vocabularySize").GetInt32());
        string text = AphoristApp.Run("generate", folder["model.safetensors"], "--length", "50", "--seed", "1").Expect(0).Output;
        Assert.Empty(text.Trim('\n').Trim('a', 'b'));
    }

    [Fact]
    public void Import_UntrainedModelWithAText_IsRefusedUnlessUnchecked()
    {
        folder.Write("text.txt", string.Concat(Enumerable.Repeat("aaaaaaaaab" + "aaaaaaaaac", 100)));

        Import("--corpus", folder["text.txt"]).ExpectSentence(
            1, "no better than the frequencies of its characters", "--check false skips this check");
        Assert.False(File.Exists(folder["model.safetensors"]));
        Import("--corpus", folder["text.txt"], "--check", "false").Expect(0);
    }

    [Fact]
    public void Import_ModelOfKeras_IsForWindowModeByDefault()
    {
        folder.Write("characters.txt", "abc");
        Assert.Contains(
            "trained on windows of 4 characters, so window mode is its default",
            Import("--characters", folder["characters.txt"]).Expect(0).Output,
            StringComparison.Ordinal);
        string[] generate = ["generate", folder["model.safetensors"], "--length", "40", "--seed", "1", "--json"];

        Assert.Equal("window", AphoristApp.Run("info", folder["model.safetensors"], "--json").Json().GetProperty("mode").GetString());
        AphoristApp.Run("info", folder["model.safetensors"]).ExpectOutput("windows of 4 tokens: 'aphorist generate' uses --mode window");
        JsonElement own = AphoristApp.Run(generate).Expect(0).Json(), other = AphoristApp.Run([.. generate, "--mode", "stateful"]).Json();
        Assert.Equal(("window", "stateful"), (own.GetProperty("mode").GetString(), other.GetProperty("mode").GetString()));
        Assert.Equal(
            own.GetProperty("text").GetString(),
            AphoristApp.Run([.. generate, "--mode", "window"]).Json().GetProperty("text").GetString());
        Assert.Equal(
            "stateful",
            AphoristApp.Run("generate", folder["model.safetensors"], "--beams", "2", "--length", "5", "--json").Expect(0).Json()
                .GetProperty("mode").GetString());
    }

    [Theory]
    [InlineData("info")]
    [InlineData("generate")]
    [InlineData("score", "text.txt")]
    [InlineData("evaluate", "text.txt")]
    [InlineData("export", "--output", "x")]
    public void OtherCommands_ModelOfKeras_NameTheImport(string command, params string[] more)
    {
        folder.Write("text.txt", "abc");
        string[] words = [.. more.Select(word => word == "text.txt" ? folder[word] : word)];

        AphoristApp.Run([command, folder["model.h5"], .. words]).ExpectSentence(
            1, "it is an HDF5 file, as Keras saves models", $"aphorist import {folder["model.h5"]} --corpus TEXT --output");
        AphoristApp.Run("train", folder["text.txt"], "--from", folder["model.h5"]).ExpectSentence(1, "aphorist import");
    }

    [Fact]
    public void Import_Json_IsOneObject()
    {
        folder.Write("map.json", "{\"b\": 0, \"a\": 1, \"c\": 2}");

        JsonElement imported = Import("--vocabulary", folder["map.json"], "--json").Expect(0).Json();

        Assert.Equal(Units * 4 * (Vocabulary + Units + 1) + (Units + 1) * Vocabulary, imported.GetProperty("parameters").GetInt32());
        Assert.Equal((Vocabulary, 4), (imported.GetProperty("vocabularySize").GetInt32(), imported.GetProperty("window").GetInt32()));
    }

    [Fact]
    public void Import_Characters_GivesTheSameAsTheirMap()
    {
        folder.Write("map.json", "{\"b\": 0, \"a\": 1, \"c\": 2}");
        folder.Write("characters.txt", "bac");

        Import("--vocabulary", folder["map.json"]).Expect(0);
        byte[] byMap = File.ReadAllBytes(folder["model.safetensors"]);
        Import("--characters", folder["characters.txt"]).Expect(0);

        Assert.Equal(byMap, File.ReadAllBytes(folder["model.safetensors"]));
    }

    [Theory]
    [InlineData("aAbc", "has 4 different characters, but the model has 3. With --lowercase true it has 3.")]
    [InlineData("abc\r\n", "has 4 different characters, but the model has 3. Give the text that the model was trained on")]
    [InlineData("a\r\n", "has 2 different characters, but the model has 3. With carriage returns")]
    public void Import_CorpusOfAnotherSize_SaysWhatWouldFit(string text, string expected)
    {
        folder.Write("text.txt", text);

        Import("--corpus", folder["text.txt"]).ExpectSentence(1, expected);
    }

    [Fact]
    public void Import_CorpusInAnotherEncoding_NamesIt()
    {
        folder.Write("text.txt", "a\u00e9");

        Import("--corpus", folder["text.txt"]).ExpectSentence(1, "With --encoding windows-1252 it has 3.");
    }

    [Theory]
    [InlineData("Give the vocabulary of the model", "--output", "m")]
    [InlineData("Give a single vocabulary", "--output", "m", "--characters", "c", "--vocabulary", "v")]
    [InlineData("--order is the order of the characters of --corpus", "--output", "m", "--characters", "c", "--order", "frequency")]
    [InlineData("--order takes code-point or reversed or first-occurrence or frequency, not 'a'", "--corpus", "c", "--order", "a")]
    [InlineData("--output model.safetensors", "--characters", "c")]
    public void Import_IncompleteCall_IsAWrongCall(string expected, params string[] options) =>
        AphoristApp.Run(["import", folder["model.h5"], .. options]).ExpectSentence(2, expected);

    [Fact]
    public void Import_WeightsAlone_NeedTheirGates()
    {
        folder.Write("characters.txt", "abc");
        H5Group weights = (H5Group)KerasFile()["model_weights"];
        H5File alone = new() { ["lstm"] = weights["lstm"], ["dense"] = weights["dense"] };
        alone.Attributes["layer_names"] = (string[])["lstm", "dense"];
        alone.Write(folder["weights.h5"]);
        string[] import =
        [
            "import", folder["weights.h5"], "--characters", folder["characters.txt"], "--output", folder["alone.safetensors"],
        ];

        AphoristApp.Run(import).ExpectSentence(1, "give the activation of their gates (sigmoid or hard-sigmoid)");
        AphoristApp.Run([.. import, "--gates", "hard-sigmoid", "--window", "4"]).Expect(0);
        Import("--characters", folder["characters.txt"]).Expect(0);

        Assert.Equal(Write(folder["model.safetensors"]), Write(folder["alone.safetensors"]));

        string Write(string model) =>
            AphoristApp.Run("generate", model, "--prompt", "abc", "--length", "30", "--seed", "1", "--mode", "stateful").Expect(0).Output;
    }

    [Fact]
    public void Import_GatesUnlikeTheFiles_AreRefused()
    {
        folder.Write("characters.txt", "abc");

        Import("--characters", folder["characters.txt"], "--gates", "sigmoid")
            .ExpectSentence(1, "has hard-sigmoid gates, but --gates is sigmoid");
    }

    [Fact]
    public void Import_NoModel_IsASentence()
    {
        folder.Write("text.txt", "abc");

        AphoristApp.Run("import", folder["text.txt"], "--corpus", folder["text.txt"], "--output", folder["m"])
            .ExpectSentence(1, "it is neither a model of Keras (.h5 or .keras) nor a state dict of PyTorch as safetensors");
    }

    private CommandResult Import(params string[] options) =>
        AphoristApp.Run(["import", folder["model.h5"], "--output", folder["model.safetensors"], .. options]);

    /// <summary>A model of three characters as Keras 2 would write it.</summary>
    private static H5File KerasFile()
    {
        H5File file = new()
        {
            ["model_weights"] = new H5Group
            {
                ["lstm"] = Layer(
                    ("kernel:0", [Vocabulary, 4 * Units]), ("recurrent_kernel:0", [Units, 4 * Units]), ("bias:0", [4 * Units])),
                ["dense"] = Layer(("kernel:0", [Units, Vocabulary]), ("bias:0", [Vocabulary])),
            },
            ["optimizer_weights"] = Squares(),
        };
        file.Attributes["training_config"] =
            """{"optimizer_config": {"class_name": "RMSprop", "config": {"learning_rate": 0.02, "rho": 0.9}}}""";
        file.Attributes["keras_version"] = "2.3.1";
        file.Attributes["model_config"] = """
            {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
              {"class_name": "LSTM", "config": {
                "name": "lstm", "batch_input_shape": [null, 4, 3], "units": 2, "activation": "tanh",
                "recurrent_activation": "hard_sigmoid"}},
              {"class_name": "Dense", "config": {"name": "dense", "units": 3, "activation": "softmax"}}]}}
            """;
        return file;
    }

    /// <summary>The state of RMSprop after 300 steps.</summary>
    private static H5Group Squares()
    {
        H5Group group = new() { ["iter:0"] = new H5Dataset(300L, fileDims: []) };
        int[][] shapes = [[Vocabulary, 4 * Units], [Units, 4 * Units], [4 * Units], [Units, Vocabulary], [Vocabulary]];
        foreach ((int number, int[] shape) in shapes.Index())
            group[$"rms_{number}:0"] = new H5Dataset(
                Enumerable.Repeat(0.01f, shape.Aggregate(1, (product, size) => product * size)).ToArray(),
                fileDims: [.. shape.Select(size => (ulong)size)]);
        group.Attributes["weight_names"] = (string[])["iter:0", .. Enumerable.Range(0, shapes.Length).Select(number => $"rms_{number}:0")];
        return group;
    }

    private static H5Group Layer(params (string Name, int[] Shape)[] arrays)
    {
        H5Group group = [];
        foreach ((string name, int[] shape) in arrays)
        {
            int count = shape.Aggregate(1, (product, size) => product * size);
            group[name] = new H5Dataset(
                Enumerable.Range(0, count).Select(place => MathF.Sin(place + count)).ToArray(),
                fileDims: [.. shape.Select(size => (ulong)size)]);
        }

        group.Attributes["weight_names"] = arrays.Select(array => array.Name).ToArray();
        return group;
    }
}
