using TriggerConsole.Components.Pages.Schedules;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Validation;
using Xunit;

namespace TriggerConsole.Tests.Components.Pages.Schedules;

public sealed class WhenFormTests
{
    [Theory]
    [InlineData("30 7 * * *", WhenMode.Daily)]
    [InlineData("30 7 * * MON-FRI", WhenMode.Weekly)]
    [InlineData("0 17 * * TUE,SUN", WhenMode.Weekly)]
    [InlineData("5 0 15 * *", WhenMode.Monthly)]
    [InlineData("5 0 L * *", WhenMode.Monthly)]
    [InlineData("*/5 * * * *", WhenMode.Cron)]
    [InlineData("0 7 * * 1", WhenMode.Cron)]
    [InlineData("0 7 1 1 *", WhenMode.Cron)]
    [InlineData("0 0 7 * * *", WhenMode.Cron)]
    public void Of_CronOfASchedule_OpensInTheSimplestFormAndMeansTheSame(string cron, WhenMode mode)
    {
        var form = WhenForm.Of(View(ScheduleKind.Cron, cron));
        Assert.Equal(mode, form.Mode);
        var errors = new FieldErrors();
        var read = form.Read("Etc/UTC", errors);
        Assert.False(errors.Any);
        Assert.Equal(ScheduleKind.Cron, read.Kind);
        Assert.Equal(Next(cron), Next(read.Cron!));
    }

    [Theory]
    [InlineData(90, "90", "1")]
    [InlineData(900, "15", "60")]
    [InlineData(7200, "2", "3600")]
    [InlineData(172_800, "2", "86400")]
    public void Of_Interval_OpensInTheLargestUnit(long seconds, string number, string unit)
    {
        var form = WhenForm.Of(View(ScheduleKind.Interval, null, seconds));
        Assert.Equal((WhenMode.Every, number, unit), (form.Mode, form.Number, form.Unit));
        Assert.Equal(seconds, form.Read("Etc/UTC", new()).IntervalSeconds);
    }

    [Fact]
    public void Read_OnceInAZone_IsThatTimeInUtc()
    {
        var form = new WhenForm { Mode = WhenMode.Once, At = "2026-12-24T18:00" };
        Assert.Equal(new DateTimeOffset(2026, 12, 24, 17, 0, 0, TimeSpan.Zero), form.Read("Europe/Berlin", new()).At);
    }

    [Theory]
    [InlineData(WhenMode.Every, "intervalSeconds")]
    [InlineData(WhenMode.Daily, "time")]
    [InlineData(WhenMode.Weekly, "days")]
    [InlineData(WhenMode.Once, "at")]
    public void Read_WhatCannotBeRead_IsNamed(WhenMode mode, string field)
    {
        var form = new WhenForm { Mode = mode, Number = "many", Time = mode == WhenMode.Daily ? "late" : "09:00", Days = [], At = "soon" };
        var errors = new FieldErrors();
        form.Read("Etc/UTC", errors);
        Assert.Equal(field, Assert.Single(errors.All).Field);
    }

    [Fact]
    public void LocalText_TimeInTheGapAndTimeThatComesTwice_AreTaken()
    {
        Assert.Equal(new DateTimeOffset(2026, 3, 29, 1, 30, 0, TimeSpan.Zero), LocalText.Read("2026-03-29T02:30", "Europe/Berlin"));
        Assert.Equal(new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero), LocalText.Read("2026-10-25T02:30", "Europe/Berlin"));
        Assert.Equal("2026-12-24T18:00:00", LocalText.Write(new(2026, 12, 24, 17, 0, 0, TimeSpan.Zero), "Europe/Berlin"));
        Assert.Null(LocalText.Read("", "Europe/Berlin"));
        Assert.Null(LocalText.Read("2026-12-24T18:00", "Nowhere"));
    }

    [Fact]
    public void State_OfASchedule_IsNotDirtyAndGivesItBack()
    {
        var view = View(ScheduleKind.Cron, "0 9 * * MON") with { Payload = "{}", ContentType = "application/json", Priority = 3, Overlap = OverlapPolicy.Skip, EndAt = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), TriggerId = Guid.NewGuid() };
        var state = ScheduleFormState.Of(view);
        Assert.False(state.IsDirty);
        var input = state.ToInput()!;
        Assert.Equal((view.TriggerId, "{}", 3, OverlapPolicy.Skip, view.EndAt, 4), (input.TriggerId, input.Payload, input.Priority, input.Overlap, input.EndAt, input.Version));
        state.Name = "Other";
        Assert.True(state.IsDirty);
    }

    private static ScheduleView View(ScheduleKind kind, string? cron, long? seconds = null) => new()
    {
        Id = Guid.NewGuid(),
        Name = "x",
        Description = "",
        Kind = kind,
        Cron = cron,
        IntervalSeconds = seconds,
        TimeZone = "Etc/UTC",
        Words = "",
        Misfire = MisfirePolicy.RunOnce,
        Overlap = OverlapPolicy.Allow,
        State = ScheduleState.Active,
        Paused = false,
        CreatedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 4,
    };

    private static List<DateTimeOffset> Next(string cron)
        => [.. ScheduleTimes.Of(new() { Id = Guid.NewGuid(), Name = "x", Kind = ScheduleKind.Cron, Cron = cron, TimeZone = "Etc/UTC", CreatedAt = DateTimeOffset.UnixEpoch, UpdatedAt = DateTimeOffset.UnixEpoch })
            .Next(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), 20)];
}
