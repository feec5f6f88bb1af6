using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Model;

/// <summary>Every kernel with every activation of the gates.</summary>
internal sealed class KernelsAndGates : TheoryData<string, GateActivation>
{
    public KernelsAndGates()
    {
        foreach (InstructionSet set in InstructionSet.All)
            foreach (GateActivation gates in Enum.GetValues<GateActivation>())
                Add(set.Name, gates);
    }
}
