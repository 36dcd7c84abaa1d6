using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Pages.Brokers.Amqp;

namespace TriggerConsole.Components.Layout;

/// <summary>⌘K: go somewhere, make something, find a callback, trigger, broker or exchange by name, open an execution or event by its id.</summary>
public sealed partial class Palette
{
    private const int MostMatches = 12;

    private static readonly Entry[] s_fixed =
    [
        new("home", "Home", "page", "/"),
        new("login", "Callbacks", "page", "/callbacks"),
        new("inbox", "Events", "page", "/events"),
        new("bolt", "Triggers", "page", "/triggers"),
        new("hub", "Brokers", "page", "/brokers"),
        new("schedule", "Schedules", "page", "/schedules"),
        new("receipt_long", "Executions", "page", "/executions"),
        new("report", "Dead letters", "page", "/dead-letters"),
        new("work_history", "Jobs", "page", "/jobs"),
        new("settings", "Settings", "page", "/settings"),
        new("add", "New callback", "make", "/callbacks/new"),
        new("add", "New HTTP trigger", "make", "/triggers/new/http"),
        new("add", "New MQTT trigger", "make", "/triggers/new/mqtt"),
        new("add", "New AMQP trigger", "make", "/triggers/new/amqp"),
        new("add", "New MQTT broker", "make", "/brokers/mqtt/new"),
        new("add", "New AMQP broker", "make", "/brokers/amqp/new"),
        new("add", "New schedule", "make", "/schedules/new"),
        new("key", "New API key", "make", "/settings?tab=keys"),
        new("lock", "New secret", "make", "/settings?tab=secrets"),
        new("code", "API documentation", "page", "/swagger"),
    ];

    private List<Entry> _matches = [];
    private ElementReference _input;
    private ElementReference _close;
    private DotNetObjectReference<Palette>? _self;
    private IJSObjectReference? _keys;
    private string _text = "";
    private int _selected;
    private bool _isOpen;
    private bool _showsKeys;
    private bool _focus;

    public async ValueTask DisposeAsync()
    {
        State.Opened -= Open;
        if (_keys is not null)
        {
            try
            {
                await _keys.InvokeVoidAsync("stop");
                await _keys.DisposeAsync();
            }
            catch (JSDisconnectedException)
            {
                // The browser has gone, and its listeners with it
            }
        }
        _self?.Dispose();
    }

    [JSInvokable]
    public void OnKey(string key)
    {
        var target = key switch { "gh" => "/", "gc" => "/callbacks", "gt" => "/triggers", "gb" => "/brokers", "ge" => "/executions", "gd" => "/dead-letters", _ => null };
        if (target is not null) Navigation.NavigateTo(target);
        else if (key == "palette") Open();
        else if (key == "help") (_showsKeys, _focus) = (true, true);
        StateHasChanged();
    }

    protected override void OnInitialized() => State.Opened += Open;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _self = DotNetObjectReference.Create(this);
            _keys = await Browser.InvokeAsync<IJSObjectReference>("tc.keys", _self);
        }
        if (_focus)
        {
            _focus = false;
            await Browser.InvokeVoidAsync("tc.focus", _isOpen ? _input : _close);
        }
    }

    private void Open()
    {
        (_isOpen, _showsKeys, _focus, _text) = (true, false, true, "");
        Match();
        InvokeAsync(StateHasChanged);
    }

    private void Close() => (_isOpen, _showsKeys) = (false, false);

    private void OnInput(ChangeEventArgs e)
    {
        _text = e.Value?.ToString() ?? "";
        Match();
    }

    private void OnKeyDown(KeyboardEventArgs e)
    {
        switch (e.Key)
        {
            case "Escape": Close(); break;
            case "ArrowDown" when _matches.Count > 0: _selected = (_selected + 1) % _matches.Count; break;
            case "ArrowUp" when _matches.Count > 0: _selected = (_selected + _matches.Count - 1) % _matches.Count; break;
            case "Enter" when _isOpen && _selected < _matches.Count: Go(_matches[_selected]); break;
        }
    }

    private void Match()
    {
        _selected = 0;
        var text = _text.Trim();
        if (Guid.TryParse(text, out var id))
        {
            _matches = [new("receipt_long", $"Execution {text}", "open", $"/executions/{id}"), new("inbox", $"Event {text}", "open", $"/events/{id}")];
            return;
        }
        var named = Callbacks.All.Select(c => new Entry("login", c.Name, "callback", $"/callbacks/{c.Id}"))
            .Concat(Triggers.All.Select(t => new Entry(Format.Icon(t.Kind.Kind), t.Name, "trigger", $"/triggers/{t.Id}")))
            .Concat(Brokers.All.Select(b => new Entry("hub", b.Name, "broker", b.Page)))
            .Concat(Brokers.All.SelectMany(b => Exchanges.Of(b.Id)).Select(e => new Entry("call_split", e.Name, "exchange", ExchangeUrls.Of(e.BrokerId, e.Id))));
        _matches = [.. s_fixed.Concat(named).Where(e => e.Text.Contains(text, StringComparison.OrdinalIgnoreCase)).OrderBy(e => !e.Text.StartsWith(text, StringComparison.OrdinalIgnoreCase)).Take(MostMatches)];
        if (text.Length > 2) _matches.Add(new("search", $"Search executions for “{text}”", "search", $"/executions?q={Uri.EscapeDataString(text)}"));
    }

    private void Go(Entry entry)
    {
        Close();
        Navigation.NavigateTo(entry.Url, forceLoad: entry.Url == "/swagger");
    }

    private sealed record Entry(string Icon, string Text, string Hint, string Url);
}
