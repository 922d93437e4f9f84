using System.CommandLine;
using Fuse.MLNet.Examples.Benchmarks;

var filter = new Option<string?>("--filter") { Description = "Runs only what has this text in its name." };
var quick = new Option<bool>("--quick") { Description = "Runs each thing once on fewer rows, to see that it works; the figures mean nothing." };
var json = new Option<FileInfo?>("--json") { Description = "Writes the table to this file too, as an array of work, peer, ratio, bar and runs." };
var runs = new Option<int>("--runs") { Description = "The number of timed runs of each side.", DefaultValueFactory = _ => 5 };
var gpu = new Option<bool>("--cuda") { Description = "Times the trainings on the first NVIDIA GPU, with ten times as many rows, and nothing else." };
var launcher = new Option<string>("--launcher") { Description = "Starts the processes of a training in several.", DefaultValueFactory = _ => "mpirun --oversubscribe --bind-to none" };
var rankWork = new Option<string?>("--rank-work") { Hidden = true };
var peak = new Option<string?>("--peak") { Hidden = true };

var root = new RootCommand("Compares training and scoring with loops written by hand in TorchSharp: ratios of medians of interleaved runs in one process.") { filter, quick, json, runs, gpu, launcher, rankWork, peak };
root.SetAction(parsed =>
{
    if (parsed.GetValue(peak) is { } what)
        PeakMemory.Run(what);
    else if (parsed.GetValue(rankWork) is { } work)
        RankWork.Run(work);
    else
    {
        if (parsed.GetValue(gpu))
            Accelerator.ChooseGpu();
        Suite.Run(parsed.GetValue(filter), parsed.GetValue(quick), parsed.GetValue(json)?.FullName, parsed.GetValue(runs), parsed.GetValue(launcher)!);
    }
});
return root.Parse(args).Invoke();
