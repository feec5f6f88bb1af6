namespace Aphorist.Tests; public sealed class Placeholder { [Xunit.Fact] public void X_Y_Z() => Xunit.Assert.Equal(2, 1 + 1); }
