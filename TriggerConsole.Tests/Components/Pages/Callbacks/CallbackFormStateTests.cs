using System.Text.Json;
using TriggerConsole.Components.Pages.Callbacks;
using TriggerConsole.Core.Callbacks;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Callbacks;

public sealed class CallbackFormStateTests
{
    [Fact]
    public void New_Untouched_IsNotDirtyAndTakesPost()
    {
        var state = new CallbackFormState();
        Assert.False(state.IsDirty);
        Assert.Equal(["POST"], state.ToInput()!.Methods!);
        Assert.Equal(0, state.ToInput()!.MaxBodyBytes);
        Assert.Null(state.ToInput()!.Version);
    }

    [Theory]
    [InlineData("256", "KB", 262144)]
    [InlineData("1.5", "MB", 1572864)]
    [InlineData("0.001", "KB", 1)]
    [InlineData("  12 ", "KB", 12288)]
    public void ToInput_Size_IsInBytes(string size, string unit, int bytes)
        => Assert.Equal(bytes, new CallbackFormState { Size = size, SizeUnit = unit }.ToInput()!.MaxBodyBytes);

    [Theory]
    [InlineData("abc")]
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("0.0001")]
    [InlineData("1,5")]
    public void ToInput_NoSize_SaysSoAtTheField(string size)
    {
        var state = new CallbackFormState { Size = size };
        Assert.Null(state.ToInput());
        Assert.Equal("maxBodyBytes", state.FirstError);
    }

    [Theory]
    [InlineData("", "", 0, 0)]
    [InlineData(" 600 ", "50", 600, 50)]
    [InlineData("1,200", "", 1200, 0)]
    [InlineData("99999999999", "1", int.MaxValue, 1)]
    public void ToInput_Limits_AreTakenOver(string perMinute, string perSecond, int minute, int second)
    {
        var input = new CallbackFormState { PerMinute = perMinute, PerSecond = perSecond }.ToInput()!;
        Assert.Equal((minute, second), (input.LimitPerMinute, input.LimitPerSecond));
    }

    [Theory]
    [InlineData("many", "", "limitPerMinute")]
    [InlineData("0", "", "limitPerMinute")]
    [InlineData("600", "-5", "limitPerSecond")]
    public void ToInput_NoLimit_SaysSoAtTheField(string perMinute, string perSecond, string field)
    {
        var state = new CallbackFormState { PerMinute = perMinute, PerSecond = perSecond };
        Assert.Null(state.ToInput());
        Assert.Equal(field, state.FirstError);
    }

    [Fact]
    public void Of_StoredLimits_ReadBackAsTheyWere()
    {
        var state = CallbackFormState.Of(View() with { LimitPerMinute = 600, LimitPerSecond = 50 });
        Assert.Equal(("600", "50", false), (state.PerMinute, state.PerSecond, state.IsDirty));
        state.PerMinute = "";
        Assert.True(state.IsDirty);
    }

    [Fact]
    public void ToInput_MoreThanFits_LeavesItToTheCommand()
        => Assert.Equal(int.MaxValue, new CallbackFormState { Size = "999999999", SizeUnit = "MB" }.ToInput()!.MaxBodyBytes);

    [Theory]
    [InlineData(null, "", "KB")]
    [InlineData(262144, "256", "KB")]
    [InlineData(2621440, "2.5", "MB")]
    [InlineData(1000, "0.976563", "KB")]
    public void Of_StoredSize_ReadsBackAsItWas(int? bytes, string size, string unit)
    {
        var state = CallbackFormState.Of(View() with { MaxBodyBytes = bytes });
        Assert.Equal((size, unit), (state.Size, state.SizeUnit));
        Assert.Equal(bytes ?? 0, state.ToInput()!.MaxBodyBytes);
        Assert.False(state.IsDirty);
    }

    [Fact]
    public void IsDirty_ChangedAndBack_IsNot()
    {
        var state = CallbackFormState.Of(View());
        state.Switch("PUT", true);
        Assert.True(state.IsDirty);
        state.Switch("PUT", false);
        Assert.False(state.IsDirty);
        state.Path = "shop";
        Assert.True(state.IsDirty);
    }

    [Fact]
    public void Refuse_SeveralFields_TheFirstInTheFormComesFirst()
    {
        var state = new CallbackFormState();
        state.Refuse([new("methods[2]", "Use GET."), new("methods[3]", "Use PUT."), new("path", "Taken.")]);
        Assert.Equal("path", state.FirstError);
        Assert.Equal("Use GET.", state.ErrorOf("methods"));
    }

    [Fact]
    public void Switched_BesideTheForm_KeepsWhatWasTypedAndItsVersion()
    {
        var state = CallbackFormState.Of(View());
        state.Name = "Typed";
        state.Switched(View() with { Enabled = false, Version = 8 });
        Assert.Equal(("Typed", false, 8), (state.ToInput()!.Name, state.ToInput()!.Enabled, state.ToInput()!.Version));
        state.Name = View().Name;
        Assert.False(state.IsDirty);
    }

    private static CallbackView View() => new()
    {
        Id = Guid.NewGuid(),
        Name = "Orders",
        Description = "",
        Methods = ["POST"],
        Enabled = true,
        TokenHint = "abcd",
        Verification = JsonSerializer.SerializeToElement(new { kind = "token" }),
        AllowedNetworks = [],
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 7,
    };
}
