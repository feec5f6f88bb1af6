using System.Reflection;
using Xunit;

namespace Aphorist.Tests.Model;

public sealed class ModelSpecTests
{
    [Theory]
    [InlineData(Architecture.Lstm, GateActivation.HardSigmoid)]
    [InlineData(Architecture.Gru, GateActivation.Sigmoid)]
    [InlineData(Architecture.Convolution, GateActivation.Sigmoid)]
    [InlineData(Architecture.Rnn, GateActivation.Sigmoid)]
    public void Gates_NotChosen_AreThoseOfTheArchitecture(Architecture architecture, GateActivation expected)
    {
        ModelSpec spec = new() { Architecture = architecture };

        Assert.Equal(expected, spec.Gates);
        Assert.Equal(spec with { Gates = expected }, spec);
        Assert.Equal((spec with { Gates = expected }).GetHashCode(), spec.GetHashCode());
    }

    [Fact]
    public void Gates_ArchitectureChanges_FollowItUnlessChosen()
    {
        Assert.Equal(GateActivation.Sigmoid, (ModelSpec.Notebook with { Architecture = Architecture.Gru }).Gates);
        Assert.Equal(
            GateActivation.HardSigmoid,
            (ModelSpec.Notebook with { Gates = GateActivation.HardSigmoid, Architecture = Architecture.Gru }).Gates);
    }

    [Fact]
    public void Equals_AnyPropertyChanged_IsFalse()
    {
        foreach (PropertyInfo property in typeof(ModelSpec).GetProperties().Where(property => property.SetMethod is not null))
        {
            // A copy, in which an option is changed by reflection.
            ModelSpec changed = ModelSpec.Notebook with { HiddenSize = ModelSpec.Notebook.HiddenSize };
            Assert.Equal(ModelSpec.Notebook, changed);
            property.SetValue(changed, property.GetValue(changed) switch
            {
                int number => number + 1,
                bool choice => !choice,
                Architecture => Architecture.Gru,
                GateActivation => GateActivation.Sigmoid,
                ResetGate => ResetGate.Before,
                Activation => Activation.Relu,
                object other => throw new NotSupportedException($"Say how {other.GetType()} changes."),
                null => throw new NotSupportedException($"Say how {property.Name} changes."),
            });
            Assert.NotEqual(ModelSpec.Notebook, changed);
        }
    }

    [Theory]
    [InlineData(nameof(ModelSpec.HiddenSize), 0)]
    [InlineData(nameof(ModelSpec.HiddenSize), ModelSpec.MaxHiddenSize + 1)]
    [InlineData(nameof(ModelSpec.Layers), 0)]
    [InlineData(nameof(ModelSpec.Layers), 5)]
    [InlineData(nameof(ModelSpec.EmbeddingSize), -1)]
    [InlineData(nameof(ModelSpec.EmbeddingSize), ModelSpec.MaxHiddenSize + 1)]
    [InlineData(nameof(ModelSpec.Window), 0)]
    [InlineData(nameof(ModelSpec.Window), ModelSpec.MaxWindow + 1)]
    [InlineData(nameof(ModelSpec.TiedEmbedding), true)]
    [InlineData(nameof(ModelSpec.Residual), true)]
    [InlineData(nameof(ModelSpec.Architecture), (Architecture)99)]
    public void Validate_PropertyOutOfRange_NamesIt(string property, object value)
    {
        ModelSpec spec = ModelSpec.Notebook with { HiddenSize = ModelSpec.Notebook.HiddenSize };
        typeof(ModelSpec).GetProperty(property)!.SetValue(spec, value);
        InvalidOptionsException exception = Assert.Throws<InvalidOptionsException>(spec.Validate);
        Assert.Equal(property, exception.PropertyName);
        Assert.StartsWith(property, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ModelSpec.Gates), GateActivation.HardSigmoid, "An RNN has no gates")]
    [InlineData(nameof(ModelSpec.Activation), (Activation)7, "not a known activation")]
    [InlineData(nameof(ModelSpec.Layers), 5, "it must be 1 to 4 for recurrent layers")]
    public void Validate_RnnWithWhatItHasNot_NamesThePropertyAndSaysWhy(string property, object value, string reason)
    {
        ModelSpec spec = new() { Architecture = Architecture.Rnn };
        spec.Validate();
        typeof(ModelSpec).GetProperty(property)!.SetValue(spec, value);
        InvalidOptionsException exception = Assert.Throws<InvalidOptionsException>(spec.Validate);
        Assert.Equal(property, exception.PropertyName);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_PresetsAndLimits_AreValid()
    {
        foreach (ModelSpec spec in (ModelSpec[])[ModelSpec.Notebook, ModelSpec.CharRnn, ModelSpec.Quick, ModelSpec.Best]) spec.Validate();
        new ModelSpec
        {
            HiddenSize = ModelSpec.MaxHiddenSize,
            Layers = 4,
            EmbeddingSize = ModelSpec.MaxHiddenSize,
            TiedEmbedding = true,
            Window = ModelSpec.MaxWindow,
        }.Validate();
        new ModelSpec { Architecture = Architecture.Convolution, Layers = 12 }.Validate();
        new ModelSpec { Architecture = Architecture.Convolution, Layers = 2, KernelSize = 64 }.Validate();
    }
}
