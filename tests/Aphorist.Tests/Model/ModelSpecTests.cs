using System.Reflection;
using Xunit;

namespace Aphorist.Tests.Model;

public sealed class ModelSpecTests
{
    [Theory]
    [InlineData(Architecture.Lstm, GateActivation.HardSigmoid)]
    [InlineData(Architecture.Gru, GateActivation.Sigmoid)]
    [InlineData(Architecture.Convolution, GateActivation.Sigmoid)]
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
        Assert.Equal(GateActivation.HardSigmoid, (ModelSpec.Notebook with { Gates = GateActivation.HardSigmoid, Architecture = Architecture.Gru }).Gates);
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
                object other => throw new NotSupportedException($"Say how {other.GetType()} changes."),
                null => throw new NotSupportedException($"Say how {property.Name} changes."),
            });
            Assert.NotEqual(ModelSpec.Notebook, changed);
        }
    }
}
